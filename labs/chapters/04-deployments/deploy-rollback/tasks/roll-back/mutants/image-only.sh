# The image of the good release with the variable of the bad one.
# caught-by: right-release
kubectl -n tickets set image deployment/shop web=wheelhouse/app:2
