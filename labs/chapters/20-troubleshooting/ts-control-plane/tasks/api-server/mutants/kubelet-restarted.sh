# caught-by: api-answers, rules-hold, nodes-may
ssh controlplane sudo systemctl restart kubelet
