#!/bin/sh
# Runs the tests that need a real Galera cluster (three nodes on loopback, of Debian's packages), and says where those
# packages come from: installed; installed now, when asked to and allowed; else unpacked beside the system; or why not.
set -eu

packages="mariadb-server galera-4 rsync"
say() { echo "galera-tests: $*" >&2; }

usage() {
  say "usage: build/galera-tests.sh [--install] [test, such as GaleraLedgerIT]"
  exit 2
}

installed() {
  [ -x /usr/sbin/mariadbd ] && [ -e /usr/lib/galera/libgalera_smm.so ] && [ -x /usr/bin/rsync ] &&
    [ -x /usr/bin/wsrep_sst_rsync ]
}

# Installs without starting the service: the tests start servers of their own.
install_packages() {
  policy=/usr/sbin/policy-rc.d
  ours=
  if [ ! -e "$policy" ]; then
    ours=yes
    trap 'rm -f "$policy"' EXIT INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  status=0
  # shellcheck disable=SC2086 # a list of packages
  DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $packages || status=$?
  if [ -n "$ours" ]; then
    rm -f "$policy"
    trap - EXIT INT TERM
  fi
  return "$status"
}

wanted=
test='Galera*IT'
while [ $# -gt 0 ]; do
  case $1 in
    --install) wanted=yes ;;
    -*) usage ;;
    *) test=$1 ;;
  esac
  shift
done

if installed; then
  say "using the installed packages"
elif ! command -v apt-get >/dev/null; then
  say "$packages are not installed, and there is no apt-get to fetch them: the tests will be skipped"
else
  if [ "$(id -u)" = 0 ] && [ -z "$(apt-cache policy galera-4 2>/dev/null | grep Candidate || true)" ]; then
    apt-get -q update || say "apt-get update failed; going on with the lists that are there"
  fi
  if [ -z "$wanted" ]; then
    say "$packages are not installed; the tests unpack them into the temporary folder (--install installs them)"
  elif [ "$(id -u)" != 0 ]; then
    say "--install needs root: the tests unpack $packages into the temporary folder instead"
  elif install_packages; then
    say "installed $packages"
  else
    say "cannot install $packages: the tests try to unpack them into the temporary folder"
  fi
fi

cd "$(dirname "$0")/.."
exec mvn -B -Pgalera verify -pl proxy-it -am -Dit.test="$test" -Dfailsafe.failIfNoSpecifiedTests=false \
  -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false
