interface StatusProps {
  text: string;
  live: boolean;
}

/** What is going on, in one line that a screen reader announces when it changes. */
export function Status({ text, live }: StatusProps) {
  return (
    <p className={live ? "status live" : "status"} role="status">
      {text}
    </p>
  );
}
