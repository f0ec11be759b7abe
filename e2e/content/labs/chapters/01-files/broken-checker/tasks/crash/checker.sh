# machine: base
echo "the checker fell over" >&2
exit 3
