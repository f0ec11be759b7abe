# The pages were copied into one of the two Pods: half of the answers are right.
# caught-by: pages-served
kubectl -n website create configmap pages --from-file=/home/candidate/website
pod=$(kubectl -n website get pods -l app=web -o jsonpath='{.items[0].metadata.name}')
for page in index timetable contact; do
  kubectl -n website exec -i "$pod" -- sh -c "cat > /usr/share/nginx/html/$page.html" < "/home/candidate/website/$page.html"
done
