import { BROWSER_ERRORS, PartyError } from "./errors.ts";
import type { Device } from "./capture.ts";

/** A camera or microphone that could not be had; `name` is the browser's, `cause` its own error. */
export class DeviceError extends PartyError {
  readonly device: Device;

  constructor(device: Device, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.device = device;
    if (cause instanceof Error) this.name = cause.name;
  }
}

/** A device whose track was over before anybody could use it. */
export function stoppedAtOnce(device: Device): DeviceError {
  return new DeviceError(device, `Your ${device} stopped as soon as it started. Please plug it in again and try again.`);
}

/** A device that works, and that the SDK could not publish. No device is at fault, so no other is offered. */
export function notSent(device: Device, cause: unknown): PartyError {
  return new PartyError(`Your ${device} works, but it could not be sent to Stream. Please try again.`, { cause });
}

/** What decides, beside the error itself, what a person can do about it. */
export interface Surroundings {
  /** The page is shown inside another page. */
  framed: boolean;
  /** Whether this page may use the device at all; null where the browser does not tell. */
  allowedByPolicy: boolean | null;
}

/** The browser's error for `device`, with the sentence that a person can act on. */
export function deviceError(device: Device, cause: unknown, around: Surroundings): DeviceError {
  const { name, message } = cause instanceof Error ? cause : { name: "", message: "" };
  const sentence = name === "NotAllowedError" ? denied(device, message, around) : failed(device, name);
  return new DeviceError(device, sentence, cause);
}

/** One name stands for six refusals, and what helps against one of them is useless against the others. */
function denied(device: Device, message: string, { framed, allowedByPolicy }: Surroundings): string {
  if (allowedByPolicy === false && framed) {
    return `This page is shown inside another site, which does not let it use your ${device}. Please open it in a tab of its own.`;
  }
  if (allowedByPolicy === false) {
    return `This site does not let its own pages use your ${device}. Please tell whoever runs it.`;
  }
  if (/dismissed/i.test(message)) {
    return `The browser's question about your ${device} was closed without an answer. Please try again and choose Allow.`;
  }
  if (/system/i.test(message)) {
    return `Your computer does not let this browser use your ${device}. Please allow it in the system's privacy settings and try again.`;
  }
  return BROWSER_ERRORS["NotAllowedError"]!;
}

function failed(device: Device, name: string): string {
  const known = BROWSER_ERRORS[name];
  if (known) return known;
  if (name === "TypeError") {
    return `Your browser does not understand how this page asks for your ${device}. Please update it, or use another browser.`;
  }
  if (name === "InvalidStateError") return "This page is no longer in use. Please refresh it and try again.";
  const called = name && name !== "Error" ? ` (${name})` : "";
  return `Your ${device} could not be started${called}. Please check it and try again, or use another browser.`;
}
