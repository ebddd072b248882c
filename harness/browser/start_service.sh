#!/bin/sh
# Chromium starts its small processes through this (--utility-cmd-prefix). Those for camera and sound start as
# <service>.mode beside this file says; each start is noted in <service>.log.
folder=${0%/*}
case " $* " in
*"=video_capture.mojom.VideoCaptureService "*) service=video_capture.mojom.VideoCaptureService ;;
*"=audio.mojom.AudioService "*) service=audio.mojom.AudioService ;;
*) exec "$@" ;;
esac
read -r mode <"$folder/$service.mode"
echo "$mode" >>"$folder/$service.log"
# Sound that is not a file of ours comes from our pipe or not at all: the microphones of this machine are nobody's.
case $mode in
"does not start") exit 1 ;;
"without devices") exec env ALSA_CONFIG_PATH=/dev/null PULSE_SERVER=unix:/nonexistent "$@" ;;
"with our pipe") exec env ALSA_CONFIG_PATH="$folder/asound.conf" PULSE_SERVER=unix:/nonexistent "$@" --alsa-input-device=default ;;
"with our file") exec "$@" --use-fake-device-for-media-stream ;;
"behind our gate")
  export LD_PRELOAD="$folder/gate.so" HARNESS_GATE="$folder/camera.y4m" HARNESS_GATE_RULE="$folder/gate.rule"
  exec "$@" --use-fake-device-for-media-stream
  ;;
*) exec "$@" ;;
esac
