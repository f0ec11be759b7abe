# Three Pods with the right labels, which nobody looks after.
# caught-by: radios-available, manager-healthy
for n in 1 2 3; do kubectl -n pilots run radio-$n --image=wheelhouse/app:1 --labels=app=radio; done
kubectl -n pilots wait pod -l app=radio --for=condition=Ready --timeout=60s
