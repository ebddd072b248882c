/** An error that is read out at once. Drawn only while there is one. */
export function Alert({ text }: { text: string | null }) {
  return text ? (
    <p className="alert" role="alert">
      {text}
    </p>
  ) : null;
}
