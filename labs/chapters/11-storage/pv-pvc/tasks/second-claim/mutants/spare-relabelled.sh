# The quickest way to a volume that fits.
# caught-by: tern-bound, spare-kept
kubectl label persistentvolume cargo-spare ship=tern
