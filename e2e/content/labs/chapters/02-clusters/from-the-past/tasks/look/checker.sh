# machine: base
exit 3
