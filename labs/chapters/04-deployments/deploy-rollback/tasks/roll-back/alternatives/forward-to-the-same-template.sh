# Not back, but forward to the same template: the Deployment finds the ReplicaSet that has it.
kubectl -n tickets rollout pause deployment/shop
kubectl -n tickets set env deployment/shop CHECKOUT-
kubectl -n tickets set image deployment/shop web=wheelhouse/app:2
kubectl -n tickets rollout resume deployment/shop
