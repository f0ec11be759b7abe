kubectl -n ledger wait pod/seeder --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s
kubectl -n ledger delete pod seeder --now
