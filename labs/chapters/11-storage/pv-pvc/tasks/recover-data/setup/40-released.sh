kubectl wait persistentvolume/ledger-2025 --for=jsonpath='{.status.phase}'=Released --timeout=60s
