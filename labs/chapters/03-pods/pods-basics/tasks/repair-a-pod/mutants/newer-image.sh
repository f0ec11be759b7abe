# The image can be changed in place, but it is not what is wrong.
# caught-by: scanner-ready, identity-kept
kubectl -n gate set image pod/scanner scanner=wheelhouse/app:2
