#!/bin/sh
# Makes this checkout ready: system libraries, Python, the locked packages in .venv.
#   sh setup.sh        what the program needs
#   sh setup.sh test   the tests' tools too
# Installs only what is missing; when nothing is, it takes a few hundredths of a second.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
venv=$root/.venv
purpose=${1:-run}
PATH=$PATH:/usr/sbin:/sbin # where a plain user's shell hides ldconfig

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# --- the system ---------------------------------------------------------------

# soname and the Debian package that holds it: what VTK's and Qt's wheels expect to find outside themselves.
libraries='
libGL.so.1 libgl1
libEGL.so.1 libegl1
libX11.so.6 libx11-6
libX11-xcb.so.1 libx11-xcb1
libXcursor.so.1 libxcursor1
libgthread-2.0.so.0 libglib2.0-0
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libgssapi_krb5.so.2 libgssapi-krb5-2
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1'

# command and package: the tests' screen, and the hand that types and clicks on it.
commands='
Xvfb xvfb
xdotool xdotool'

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && command -v "$candidate" && return
    done
    return 1
}

missing_python() {
    [ ! -x "$venv/bin/python" ] || return 0
    base=$(find_python) || { command -v python3 >/dev/null || echo python3-venv; return; }
    "$base" -c 'import ensurepip, venv' 2>/dev/null || "$base" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

missing_packages() {
    known=$(ldconfig -p 2>/dev/null || true)
    echo "$libraries" | while read -r soname package; do
        case $known in *"	$soname ("*) ;; *) [ -z "$soname" ] || echo "$package" ;; esac
    done
    missing_python
    [ "$purpose" = test ] || return 0
    echo "$commands" | while read -r command package; do
        [ -z "$command" ] || command -v "$command" >/dev/null || echo "$package"
    done
}

# may_install PACKAGE...: as root or through sudo; says what to do where neither is possible.
may_install() {
    if [ "$(id -u)" = 0 ]; then as_root=
    elif command -v sudo >/dev/null; then as_root=sudo
    else fail "as root, please: apt-get install $*"
    fi
}

updated=
apt_update() {
    [ -z "$updated" ] || return 0
    updated=yes
    $as_root apt-get update -qq >/dev/null 2>&1 || say "apt-get update did not succeed: going on with the package lists that are here"
}

apt_install() {
    may_install "$@"
    say "installing from the system's packages: $*"
    apt_update
    log=$(mktemp)
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        fail "could not install: $* (log: $log)"
    fi
    rm -f "$log"
}

system() {
    [ "$(uname)" = Linux ] && command -v ldconfig >/dev/null || return 0
    packages=$(missing_packages | tr '\n' ' ')
    [ -n "$packages" ] || return 0
    if command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086 # a list of names, to be split
        apt_install $packages
    else
        say "this system lacks what Debian calls: $packages"
        say "install these with its own package manager if a window or a picture fails to open; going on"
    fi
}

# --- Python -------------------------------------------------------------------

# Beside the Python of an older Ubuntu a newer one can be had.
apt_python() {
    command -v apt-get >/dev/null || return 0
    may_install python3-venv
    apt_update
    for version in 3.14 3.13 3.12 3.11; do
        [ -n "$(apt-cache search --names-only "^python$version-venv\$")" ] || continue
        apt_install "python$version-venv"
        return
    done
}

make_venv() {
    base=$(find_python) || { apt_python; base=$(find_python); } || fail "needs Python 3.11 to 3.14 (PYTHON=/path/to/python3 names one)"
    "$base" -c 'import ensurepip, venv' 2>/dev/null || fail "$base cannot make virtual environments: install its venv and ensurepip modules"
    "$base" -m venv --clear "$venv"
}

# Every file is checked against the lock's hashes, uv itself first.
install_locked() {
    awk '/^[^ #]/ { keep = /^uv==/ } keep' "$lock" >"$venv/uv.lock"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$venv/uv.lock"
    set -- pip install -q --python "$venv/bin/python"
    "$venv/bin/uv" "$@" --require-hashes -r "$lock"
    "$venv/bin/uv" "$@" --offline --no-deps --no-build-isolation -e "$root"
}

environment() {
    # Two set-ups of one checkout take turns, or each would clear what the other installs.
    if command -v flock >/dev/null; then exec 9<"$root/setup.sh"; flock 9; fi
    # What once served the tests goes on to serve them, and to run.
    [ ! -e "$venv/ready-test" ] || purpose=test
    if [ "$purpose" = test ]; then lock=$root/requirements-dev.lock; else lock=$root/requirements.lock; fi
    if [ -x "$venv/bin/megastructure" ] && [ "$(stamp)" = "$(cat "$venv/ready-$purpose" 2>/dev/null)" ]; then return 0; fi
    say "installing the locked Python packages into $venv (about 1 GB, once)"
    make_venv
    install_locked
    stamp >"$venv/ready-$purpose"
}

# Changes with the locks, the project's metadata, the interpreter and the folder.
stamp() {
    cd "$root"
    cksum requirements.lock requirements-dev.lock pyproject.toml
    echo "$root" "$(readlink -f "$venv/bin/python")"
}

system
environment
