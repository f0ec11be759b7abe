kubectl -n cargo wait persistentvolumeclaim/gull --for=jsonpath='{.status.phase}'=Bound --timeout=60s
