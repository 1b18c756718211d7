#!/usr/bin/env bash
# Clones HEAD into a new folder and does there what the README says first: `make run`.
# Prints what `make run` printed, the seconds until the first page, whether a sample account signs
# in, and whether anything is left running after Ctrl+C. Fails where one of these does.
#
#   tools/fresh_clone.sh [SECONDS]     the first page within SECONDS (60 unless told)
set -eu

limit=${1:-60}
source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
folder=$(mktemp -d)
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
unset MEJORA_DATA DATABASE_URL HOST MEJORA_ORIGIN EMAIL_URL MEJORA_TODAY
address="http://127.0.0.1:$PORT/cuenta/entrar/"

# Processes whose working folder lies in the clone: nobody else's.
left() {
    for entry in /proc/[0-9]*; do
        [ "${entry#/proc/}" = "$$" ] && continue
        case "$(readlink "$entry/cwd" 2>/dev/null || true)" in "$folder"*) echo "${entry#/proc/}" ;; esac
    done
}
end() {
    cd /
    for pid in $(left); do kill -9 "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap end EXIT

git clone -q "$source" "$folder/mejora"
cd "$folder/mejora"
begun=$(date +%s)
setsid make run >"$folder/said" 2>&1 &
run=$!
until [ "$(curl -s -o "$folder/page" -w '%{http_code}' "$address" || true)" = 200 ]; do
    if ! kill -0 "$run" 2>/dev/null; then cat "$folder/said"; echo "FALLA: make run terminó"; exit 1; fi
    sleep 0.5
done
seconds=$(($(date +%s) - begun))
until grep -q "Ctrl+C" "$folder/said"; do sleep 0.2; done

email=$(sed -n 's/^  \([^ ]*@[^ ]*\) .*/\1/p' "$folder/said" | head -1)
password=$(sed -n 's/.* y la clave \(.*\)$/\1/p' "$folder/said")
curl -s -c "$folder/jar" -o "$folder/page" "$address"
token=$(sed -n 's/.*name="csrfmiddlewaretoken" value="\([^"]*\)".*/\1/p' "$folder/page" | head -1)
status=$(curl -s -b "$folder/jar" -c "$folder/jar" -L -o "$folder/home" -w '%{http_code} %{url_effective}' \
    --data-urlencode "csrfmiddlewaretoken=$token" --data-urlencode "login=$email" \
    --data-urlencode "password=$password" "$address")

kill -INT -- "-$run"
wait "$run" 2>/dev/null || true
sleep 0.5
cd /
orphans=$(left | wc -l)

cat "$folder/said"
echo "--"
echo "primera página: $seconds s desde make run (límite $limit s)"
echo "entrar como $email: $status"
echo "procesos que quedaron: $orphans"
failed=0
[ "$seconds" -lt "$limit" ] || { echo "FALLA: tardó demasiado"; failed=1; }
case "$status" in "200 http://127.0.0.1:$PORT/") ;; *) echo "FALLA: no entró"; failed=1 ;; esac
[ "$orphans" -eq 0 ] || { echo "FALLA: quedaron procesos"; failed=1; }
exit "$failed"
