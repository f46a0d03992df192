#!/bin/sh
# Installs the named Debian packages that are missing, or says what is missing.
set -eu
missing=""
for p in "$@"; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q "ok installed" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
	echo "Please install what Debian calls:$missing (poppler and qpdf on most systems; a C compiler for the race detector)."
	echo "Tests that need them say so and are skipped until then."
	exit 0
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "Please install as root:$missing"
		echo "Tests that need them say so and are skipped until then; the race detector needs the C compiler."
		exit 0
	fi
	sudo="sudo"
fi
echo "installing:$missing"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
