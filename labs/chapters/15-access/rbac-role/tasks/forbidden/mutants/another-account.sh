# The program gets an account that works, instead of its account being mended.
# caught-by: lists-pods, lists-deployments, reporter-kept
kubectl -n reports create serviceaccount reporter2
kubectl -n reports create role reporter2 --verb=list --resource=pods,deployments
kubectl -n reports create rolebinding reporter2 --role=reporter2 --serviceaccount=reports:reporter2
kubectl -n reports get pod reporter -o yaml | sed -e 's/serviceAccountName: reporter$/serviceAccountName: reporter2/' -e '/serviceAccount: reporter$/d' > reporter.yaml
kubectl replace --force -f reporter.yaml
