import { useEffect, useState } from "react";

interface Observable<T> {
  subscribe: (next: (value: T) => void) => { unsubscribe: () => void };
}

/** The newest value of one of the SDK's observables; undefined until there is one. */
export function useObservable<T>(source: Observable<T> | undefined): T | undefined {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    const subscription = source?.subscribe((next) => setValue(() => next));
    return () => {
      subscription?.unsubscribe();
      setValue(undefined);
    };
  }, [source]);
  return value;
}
