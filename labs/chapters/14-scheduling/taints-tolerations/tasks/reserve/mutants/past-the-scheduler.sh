# Past the scheduler, which is who looks at this taint.
# caught-by: radar-tolerates
kubectl taint node node02 berth=radar:NoSchedule
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"nodeName":"node02"}}}}'
