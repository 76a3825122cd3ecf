#!/usr/bin/env bash
# Makes this machine able to run the suites, and says in one line per suite what is missing where it cannot.
#
#   bash test/provision.sh [compose] [docker] [docker28] [compose5] [servers] [ssh] [browser] [code-server]
#     [prometheus]
#
# Without an argument all but compose5, which takes Go and some minutes.
#
# compose is what the unit suite asks: the docker command line with its Compose plugin, and patch. docker is the former
# with an engine that answers.
#
# What is already there is used as it is. What is missing is installed only on Debian and its descendants, and
# only as root (or with a sudo that does not ask). Nothing is written into the repository: downloads and logs
# live in ${XDG_CACHE_HOME:-$HOME/.cache}/hotenv-test.
set -uo pipefail

codeServerVersion=4.139.1
engineWaitSeconds=60
# The exit code where nothing failed, and a part can only be had on another kind of machine.
otherKind=3

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hotenv-test
export PATH="$root/node_modules/.bin:$PATH:/usr/sbin:/sbin"
export DEBIAN_FRONTEND=noninteractive
mkdir -p "$cache"

failed=0

note() { printf 'provision: %s\n' "$*" >&2; }

# cannot SUITE REASON
cannot() {
  note "the $1 suite cannot run: $2"
  failed=1
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n --preserve-env=DEBIAN_FRONTEND "$@"; fi
}

# elsewhere SUITE REASON: it is no fault of this machine's that it is another kind of machine.
elsewhere() {
  note "the $1 suite does not run here: $2"
  [ $failed != 0 ] || failed=$otherKind
  return 1
}

can_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

# A fresh container has no package lists at all, and one foreign source that does not answer must not stop us:
# whether the packages can be had is what decides.
update_lists() {
  local fresh=$cache/.apt-updated
  [ -n "$(find "$fresh" -mmin -60 2>/dev/null)" ] && ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && return 0
  note "apt-get update"
  as_root apt-get update -qq >>"$cache/apt.log" 2>&1 || note "apt-get update had errors (see $cache/apt.log)"
  touch "$fresh"
}

apt_install() {
  update_lists
  note "apt-get install $*"
  as_root apt-get install -y -qq --no-install-recommends "$@" >>"$cache/apt.log" 2>&1
}

# --- Docker ---------------------------------------------------------------------------------------------------

engine_answers() { docker info >/dev/null 2>&1; }

wait_for_engine() {
  local deadline=$((SECONDS + $1))
  until engine_answers; do
    [ $SECONDS -ge $deadline ] && return 1
    sleep 0.2
  done
}

# A machine that was cloned or killed may keep the pid file of an engine that is no more, and dockerd then refuses
# to start if that number belongs to anyone.
forget_dead_engine() {
  local file=/var/run/docker.pid pid
  pid=$(cat "$file" 2>/dev/null) || return 0
  case $(cat "/proc/$pid/comm" 2>/dev/null) in dockerd) ;; *) rm -f "$file" ;; esac
}

start_engine() {
  command -v dockerd >/dev/null || return 1
  [ "$(id -u)" = 0 ] || return 1
  note "starting dockerd (log: $cache/dockerd.log)"
  : >"$cache/dockerd.log"
  local deadline=$((SECONDS + engineWaitSeconds)) pid
  while [ $SECONDS -lt $deadline ]; do
    forget_dead_engine
    # A session of its own and no inherited descriptor: it outlives the npm process, and no pipe waits for it.
    setsid dockerd >>"$cache/dockerd.log" 2>&1 </dev/null 9>&- &
    pid=$!
    disown
    # One that ends at once (an earlier one was still stopping) is started again.
    while kill -0 $pid 2>/dev/null && [ $SECONDS -lt $deadline ]; do
      engine_answers && return 0
      sleep 0.2
    done
    engine_answers && return 0
    sleep 0.5
  done
  return 1
}

ensure_command_line() {
  command -v docker >/dev/null && return 0
  can_install || return 1
  install_docker
}

install_docker() {
  local packages=(docker.io)
  # Later releases split the command line off.
  apt-cache show docker-cli >/dev/null 2>&1 && packages+=(docker-cli)
  apt_install "${packages[@]}" || return 1
  hash -r
}

ensure_engine() {
  engine_answers && return 0
  if ! command -v dockerd >/dev/null; then
    can_install && install_docker || return 1
    # Where an init system runs, the package has started the engine itself.
    wait_for_engine 3 && return 0
  fi
  start_engine
}

has_compose() { docker compose version --short 2>/dev/null | grep -q '^v\?[2-9]'; }

# unpack_from SUITE FOLDER PACKAGE... — files of packages of another Debian suite, in FOLDER/unpacked. A private apt
# configuration reads that suite without adding it to the machine's own sources.
unpack_from() {
  local suite=$1 dir=$2 mirror
  shift 2
  mirror=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" { print $2; exit }')
  [ -n "$mirror" ] || return 1
  rm -rf "$dir"
  mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/sources" "$dir/unpacked"
  chmod a+rX "$cache" && chmod -R a+rX "$dir"
  : >"$dir/status"
  cat >"$dir/sources/$suite.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  local apt=(apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$dir/sources"
    -o "Dir::State::lists=$dir/lists" -o "Dir::State::status=$dir/status" -o "Dir::Cache::archives=$dir/archives"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
  note "fetching $* from $suite"
  local package
  (
    cd "$dir" &&
      "${apt[@]}" update >>"$cache/apt.log" 2>&1 &&
      "${apt[@]}" download "$@" >>"$cache/apt.log" 2>&1 &&
      for package in ./*.deb; do dpkg-deb -x "$package" unpacked || exit 1; done
  )
}

# Debian 12 has no Compose v2. Its mirror does, in the next suite.
compose_from_trixie() {
  local dir=$cache/trixie plugin
  unpack_from trixie "$dir" docker-compose || return 1
  plugin=$(find "$dir/unpacked" -path '*/cli-plugins/docker-compose' | head -n 1)
  [ -n "$plugin" ] || return 1
  as_root install -D -m 755 "$plugin" /usr/local/lib/docker/cli-plugins/docker-compose
  rm -rf "$dir"
}

ensure_compose() {
  has_compose && return 0
  can_install || return 1
  case $(apt-cache policy docker-compose 2>/dev/null | awk '$1 == "Candidate:" { print $2 }') in
  [2-9].* | [2-9][0-9]*) apt_install docker-compose ;;
  *) compose_from_trixie ;;
  esac
  has_compose
}

# The fixtures' image is built from a static busybox, so that no registry is needed; ldd refuses what is static.
has_static_busybox() {
  local file
  for file in /bin/busybox /usr/bin/busybox; do
    [ -x $file ] && ! ldd $file >/dev/null 2>&1 && return 0
  done
  return 1
}

# Where it cannot be installed, the fixtures take the public image.
ensure_busybox() {
  [ "$(uname)" != Linux ] || has_static_busybox || ! can_install || apt_install busybox-static
}

provision_compose() {
  ensure_command_line ||
    cannot unit "there is no docker command line, and it can only be installed on Debian as root" || return
  ensure_compose ||
    cannot unit "the docker command line has no Compose v2 plugin, and it could not be installed" || return
  # The oracle of the diffs that the command line prints.
  command -v patch >/dev/null || { can_install && apt_install patch; } ||
    cannot unit "there is no patch command, and it could not be installed"
}

provision_docker() {
  ensure_command_line && ensure_engine ||
    cannot docker "no Docker engine answers, and none could be started here (that takes Debian and root)" || return
  ensure_compose ||
    cannot docker "the docker command line has no Compose v2 plugin, and it could not be installed" || return
  ensure_busybox || cannot docker "busybox-static could not be installed (see $cache/apt.log)"
}

# --- Docker and Compose of today, beside the machine's own ----------------------------------------------------

# Debian's unstable suite has Docker 28 and Compose 2.40, and their programs run on Debian 12 as they are (runc is the
# machine's own). The engine has folders and a network namespace of its own: test/support/engines.ts says how it is
# reached. Of networks it has more than the usual thirty: suites run side by side.
engines=$cache/engines
docker28=$engines/docker28
docker28_namespace=hotenv-docker28

docker28_answers() { DOCKER_HOST=unix://$docker28/docker.sock docker info >/dev/null 2>&1; }

# Once installed it stays: the suite goes on, and what the tests were proved with is to stay the same.
fetch_docker28() {
  [ -x "$docker28/bin/dockerd" ] && [ -x "$docker28/config/cli-plugins/docker-compose" ] && return 0
  local dir=$engines/unstable program
  unpack_from sid "$dir" docker.io docker-cli containerd docker-compose || return 1
  mkdir -p "$docker28/bin" "$docker28/config/cli-plugins"
  for program in usr/bin/containerd usr/bin/containerd-shim-runc-v2 usr/bin/docker usr/sbin/docker-proxy usr/sbin/dockerd; do
    install -m 755 "$dir/unpacked/$program" "$docker28/bin/" || return 1
  done
  install -m 755 "$dir"/unpacked/usr/libexec/docker/cli-plugins/docker-compose "$docker28/config/cli-plugins/" || return 1
  rm -rf "$dir"
}

start_docker28() {
  docker28_answers && return 0
  command -v nsenter >/dev/null && command -v ip >/dev/null && command -v iptables >/dev/null ||
    apt_install iproute2 iptables util-linux || return 1
  if [ ! -e "/var/run/netns/$docker28_namespace" ]; then
    ip netns add "$docker28_namespace" && ip -n "$docker28_namespace" link set lo up || return 1
  fi
  note "starting Docker 28 (log: $docker28/dockerd.log)"
  local deadline=$((SECONDS + engineWaitSeconds)) pid
  : >"$docker28/dockerd.log"
  while [ $SECONDS -lt $deadline ]; do
    case $(cat "/proc/$(cat "$docker28/pid" 2>/dev/null)/comm" 2>/dev/null) in dockerd) ;; *) rm -f "$docker28/pid" ;; esac
    setsid nsenter --net=/var/run/netns/$docker28_namespace \
      env -u DOCKER_HOST PATH="$docker28/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
      "$docker28/bin/dockerd" --data-root "$docker28/data" --exec-root "$docker28/exec" --pidfile "$docker28/pid" \
      --default-address-pool base=10.128.0.0/12,size=24 -H "unix://$docker28/docker.sock" >>"$docker28/dockerd.log" 2>&1 </dev/null 9>&- &
    pid=$!
    disown
    while kill -0 $pid 2>/dev/null && [ $SECONDS -lt $deadline ]; do
      docker28_answers && return 0
      sleep 0.2
    done
    sleep 0.5
  done
  return 1
}

provision_docker28() {
  [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] && command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null ||
    elsewhere "docker (docker28)" "a second engine takes Debian and root" || return
  # Docker 28's own programs do without what the machine's package brings, but for runc.
  ensure_command_line && { command -v runc >/dev/null || apt_install runc; } &&
    fetch_docker28 || cannot "docker (docker28)" "Docker 28 could not be fetched (see $cache/apt.log)" || return
  ensure_busybox || cannot "docker (docker28)" "busybox-static could not be installed (see $cache/apt.log)" || return
  start_docker28 || cannot "docker (docker28)" "Docker 28 did not start (see $docker28/dockerd.log)"
}

# Compose 5 is in no Debian suite. It is a Go module; its newest version may want a newer Go than the machine's.
composeVersions=(v5.7.1 v5.6.0 v5.5.0)
compose5=$engines/compose5

fetch_compose5() {
  [ -x "$compose5/config/cli-plugins/docker-compose" ] && return 0
  command -v go >/dev/null || return 1
  local dir=$compose5/build version
  for version in "${composeVersions[@]}"; do
    rm -rf "$dir"
    mkdir -p "$dir" "$compose5/config/cli-plugins"
    printf 'module hotenv.test/compose\n\ngo 1.25\n\ntool github.com/docker/compose/v5/cmd\n\nrequire github.com/docker/compose/v5 %s\n' \
      "$version" >"$dir/go.mod"
    (cd "$dir" && go mod tidy) >>"$cache/compose5.log" 2>&1 || continue
    note "building Compose $version (1 to 3 minutes)"
    (
      cd "$dir" && CGO_ENABLED=0 go build -trimpath \
        -ldflags "-s -w -X github.com/docker/compose/v5/internal.Version=$version" \
        -o "$compose5/config/cli-plugins/docker-compose" github.com/docker/compose/v5/cmd
    ) >>"$cache/compose5.log" 2>&1 || continue
    rm -rf "$dir"
    return 0
  done
  return 1
}

provision_compose5() {
  provision_docker28 || return
  fetch_compose5 ||
    cannot "docker (compose5)" "Compose 5 could not be built: that takes Go and its module proxy (see $cache/compose5.log)"
}

# --- nginx, HAProxy, Caddy ------------------------------------------------------------------------------------

# Their files and those of their libraries, unpacked for an image that is built from scratch (test/support/docker-servers.ts).
# Nothing is installed on the machine.
servers_dir=$cache/servers
servers=(nginx haproxy caddy)

# Prints the packages and the libraries that they need.
with_libraries() {
  local before='' now
  now=$(printf '%s\n' "$@" | sort)
  while [ "$now" != "$before" ]; do
    before=$now
    # shellcheck disable=SC2086
    now=$({
      printf '%s\n' $now
      apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances $now |
        sed -n 's/^ [ |]Depends: \(z\{0,1\}lib[^ ]*\)$/\1/p'
    } | sort -u)
  done
  printf '%s\n' "$now"
}

fetch_servers() {
  update_lists
  local root=$servers_dir/root packages
  packages=$(with_libraries "${servers[@]}")
  note "fetching nginx, HAProxy and Caddy with their libraries"
  rm -rf "$servers_dir"
  mkdir -p "$servers_dir/packages" "$servers_dir/unpacked" "$root"
  # shellcheck disable=SC2086
  (cd "$servers_dir/packages" && apt-get -qq -o APT::Sandbox::User=root download $packages >>"$cache/apt.log" 2>&1) ||
    return 1
  local package
  for package in "$servers_dir"/packages/*.deb; do
    dpkg-deb -x "$package" "$servers_dir/unpacked" || return 1
  done
  (
    cd "$servers_dir/unpacked" &&
      find . \( -path '*/usr/sbin/nginx' -o -path '*/usr/sbin/haproxy' -o -path '*/usr/bin/caddy' \
        -o -name '*.so' -o -name '*.so.*' \) ! -path '*/gconv/*' ! -path '*/gdb/*' -print0 |
      xargs -0 cp -a --parents -t "$root"
  ) || return 1
  ls "$servers_dir/packages" >"$servers_dir/.versions"
  rm -rf "$servers_dir/packages" "$servers_dir/unpacked"
}

provision_servers() {
  [ -s "$servers_dir/.versions" ] && return 0
  # Elsewhere the tests that need them say so and are skipped.
  can_install && command -v dpkg-deb >/dev/null || return 0
  fetch_servers || cannot docker "nginx, HAProxy and Caddy could not be fetched (see $cache/apt.log)"
}

# --- ssh and TLS ----------------------------------------------------------------------------------------------

# For an engine that is reached through an sshd of the tests' own (test/support/ssh-docker.ts). Unpacked, not installed:
# the package would listen on port 22.
ssh_dir=$cache/ssh

fetch_ssh() {
  update_lists
  local unpacked=$ssh_dir/unpacked packages
  # Not the C library: the machine's own is the one that its loader fits.
  packages=$(with_libraries openssh-server openssh-client | grep -vxE 'libc6|libgcc-s1|libcrypt1')
  note "fetching an sshd"
  rm -rf "$ssh_dir"
  mkdir -p "$ssh_dir/lib" "$unpacked"
  # shellcheck disable=SC2086
  (cd "$ssh_dir" && apt-get -qq -o APT::Sandbox::User=root download $packages >>"$cache/apt.log" 2>&1) || return 1
  local package
  for package in "$ssh_dir"/*.deb; do
    dpkg-deb -x "$package" "$unpacked" || return 1
  done
  find "$unpacked" -name '*.so.*' -exec cp -a -t "$ssh_dir/lib" {} + &&
    mv "$unpacked/usr" "$ssh_dir/usr" && rm -rf "$unpacked" "$ssh_dir"/*.deb
}

provision_ssh() {
  # Elsewhere the tests that need them say so and are skipped.
  can_install && command -v dpkg-deb >/dev/null || return 0
  command -v openssl >/dev/null || apt_install openssl || cannot docker "openssl could not be installed (see $cache/apt.log)"
  [ -x /usr/sbin/sshd ] || [ -x "$ssh_dir/usr/sbin/sshd" ] || fetch_ssh ||
    cannot docker "an sshd could not be fetched (see $cache/apt.log)"
}

# --- Chromium and code-server ---------------------------------------------------------------------------------

# Prints the browser that test/workbench drives: HOTENV_CHROMIUM, or the first of the usual names.
find_browser() {
  local name
  for name in "${HOTENV_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}

provision_browser() {
  if ! find_browser >/dev/null; then
    can_install || cannot browser "there is no Chromium, and it can only be installed on Debian as root" || return
    apt_install chromium fonts-dejavu-core ||
      cannot browser "chromium could not be installed (see $cache/apt.log)" || return
    hash -r
    find_browser >/dev/null || cannot browser "chromium was installed but is not on PATH"
  fi
}

code_server_dir=$cache/code-server

# The marker is written after the installation was seen to work; the native part is the last thing that is built.
code_server_ready() {
  [ "$(cat "$code_server_dir/.ready" 2>/dev/null)" = "$codeServerVersion" ]
}

code_server_works() {
  local installed=$code_server_dir/node_modules/code-server
  [ -f "$installed/lib/vscode/out/server-main.js" ] &&
    [ "$(node -p 'require(process.argv[1]).version' "$installed/package.json" 2>/dev/null)" = "$codeServerVersion" ] &&
    node -e 'for (const name of ["@vscode/spdlog", "node-pty", "@parcel/watcher"])
               require(process.argv[1] + "/lib/vscode/node_modules/" + name)' "$installed" 2>>"$cache/code-server.log" &&
    node "$installed/out/node/entry.js" --version >>"$cache/code-server.log" 2>&1
}

build_packages=(build-essential python3 pkg-config libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev)

install_code_server() {
  if command -v dpkg-query >/dev/null &&
    ! dpkg-query -W -f '${db:Status-Abbrev}\n' "${build_packages[@]}" 2>/dev/null | awk '$1 != "ii" { bad = 1 } END { exit bad || NR < '${#build_packages[@]}' }'; then
    can_install && apt_install "${build_packages[@]}"
  fi
  note "installing code-server $codeServerVersion into $code_server_dir (1 to 3 minutes)"
  rm -rf "$code_server_dir"
  mkdir -p "$code_server_dir"
  cat >"$code_server_dir/package.json" <<JSON
{ "private": true, "allowScripts": { "code-server": true, "argon2": true } }
JSON
  # An npm that runs inside npm inherits what the outer one says of itself: its folders, and its older Node.
  (
    for name in $(compgen -e | grep -i '^npm_') INIT_CWD; do unset "$name"; done
    cd "$code_server_dir" &&
      npm install --no-audit --no-fund --save-exact "code-server@$codeServerVersion" >"$cache/code-server.log" 2>&1
  )
}

provision_code_server() {
  code_server_ready && return 0
  case $(node -v 2>/dev/null) in
  v24.*) ;;
  *) cannot host "code-server needs Node 24 on PATH (npm ci installs it)" || return ;;
  esac
  if ! code_server_works; then
    install_code_server
    code_server_works ||
      cannot host "code-server $codeServerVersion could not be installed (see $cache/code-server.log)" || return
  fi
  printf '%s\n' "$codeServerVersion" >"$code_server_dir/.ready"
}

# --- Prometheus -----------------------------------------------------------------------------------------------

prometheus_dir=$cache/prometheus

# Unpacked, not installed: the package would start a service.
provision_prometheus() {
  command -v promtool >/dev/null && command -v prometheus >/dev/null && return 0
  [ -x "$prometheus_dir/usr/bin/promtool" ] && return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    cannot http "there is no Prometheus, and its package can only be had on Debian" || return
  can_install && update_lists
  note "fetching prometheus"
  rm -rf "$prometheus_dir"
  mkdir -p "$prometheus_dir"
  (
    cd "$prometheus_dir" &&
      apt-get download -qq -o APT::Sandbox::User=root prometheus >>"$cache/apt.log" 2>&1 &&
      dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb
  ) || cannot http "prometheus could not be fetched (see $cache/apt.log)"
}

# --- One at a time --------------------------------------------------------------------------------------------

if command -v flock >/dev/null; then
  exec 9>"$cache/.lock"
  flock 9
fi

[ $# -gt 0 ] || set -- compose docker docker28 servers ssh browser code-server prometheus
for part in "$@"; do
  case $part in
  compose) provision_compose ;;
  docker) provision_docker ;;
  docker28) provision_docker28 ;;
  compose5) provision_compose5 ;;
  servers) provision_servers ;;
  ssh) provision_ssh ;;
  browser) provision_browser ;;
  code-server) provision_code_server ;;
  prometheus) provision_prometheus ;;
  *)
    note "unknown part $part (compose, docker, docker28, compose5, servers, ssh, browser, code-server, prometheus)"
    exit 2
    ;;
  esac
done
exit $failed
