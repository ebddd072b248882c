import { useState } from "react";
import { type Device, DEVICES, LABELS } from "./capture.ts";
import { choose, chosenDevices } from "./chosen-devices.ts";
import { useDeviceList } from "./device-list.ts";

interface DevicePickerProps {
  disabled: boolean;
  /** The list is read anew when this changes: names come with the first permission. */
  when: unknown;
  onChoice: (device: Device) => void;
}

/** Which camera and microphone to use, wherever there is a choice. */
export function DevicePicker({ disabled, when, onChoice }: DevicePickerProps) {
  const list = useDeviceList(when);
  const [chosen, setChosen] = useState(chosenDevices);
  const pick = (device: Device, deviceId: string) => {
    setChosen(choose(device, deviceId));
    onChoice(device);
  };
  return (
    <div className="controls">
      {DEVICES.map((device) => {
        const [current = "", known] = [chosen[device], list[device]];
        if (known.length < 2 && !current) return null;
        const unknown = current !== "" && !known.some(({ deviceId }) => deviceId === current);
        return (
          <label key={device}>
            {`${LABELS[device]} to use`}
            <select value={current} disabled={disabled} onChange={({ target }) => pick(device, target.value)}>
              <option value="">The browser’s choice</option>
              {unknown && <option value={current}>The one chosen before</option>}
              {known.map(({ deviceId, label }) => (
                <option key={deviceId} value={deviceId}>
                  {label || deviceId}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </div>
  );
}
