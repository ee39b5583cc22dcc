#!/usr/bin/env bash
# `make demo`: serve the demonstration sites, scrape them, index, ask twice, open the chat.
# DATA: data folder. SERVE=0: stop before the chat.
set -euo pipefail
DATA=${DATA:-data}
SITE_PORT=8808

# The server says its address once it listens, or ends: whoever else may hold the port is not taken for it.
exec 3< <(exec python -m corpus.demo.serve --port "$SITE_PORT" --quiet)
site=$!
trap 'kill "$site" 2>/dev/null || true' EXIT
read -r _ <&3 || { echo "Les sites de démonstration ne démarrent pas (port $SITE_PORT pris ?)." >&2; exit 1; }

run() { printf '\n$ %s\n' "$*"; "$@"; }
run sourcier ingest corpus/demo/catalogue.toml --data "$DATA"
run sourcier index --data "$DATA"
run sourcier ask --data "$DATA" "Quel était le taux d’exécution financière du ministère de la Transition digitale au 31 décembre 2024 ?"
run sourcier ask --data "$DATA" "Quel était le taux d’exécution financière du ministère de la Transition digitale au 31 décembre 2027 ?"
[ "${SERVE:-1}" = 0 ] || run sourcier serve --data "$DATA"
