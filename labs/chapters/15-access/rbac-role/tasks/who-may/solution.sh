cd /home/candidate/answers/customs
may() { kubectl -n customs auth can-i "$@" || true; }
{
  may update configmaps --as eva
  may delete pods --as otto   # the ServiceAccount otto may, but that is somebody else
  may delete pods --as system:serviceaccount:customs:scanner
  may get secrets --as anybody --as-group inspectors
  may delete configmaps --as eva
} > answers.txt
kubectl -n customs get rolebindings -o wide   # night-shift: to the group of all ServiceAccounts of customs
echo night-shift > binding.txt
