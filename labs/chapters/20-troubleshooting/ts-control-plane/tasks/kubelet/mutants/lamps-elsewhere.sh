# The light burns, on the wrong machine.
# caught-by: node-ready, lamps-lit, lamp-kept
kubectl -n lighthouse patch deployment lamp --patch '{"spec":{"template":{"spec":{"nodeName":"controlplane"}}}}'
kubectl -n lighthouse delete pod -l app=lamp --force
