rm -rf /home/candidate/brochure
mkdir -p /home/candidate/brochure
cat > /home/candidate/brochure/ui.properties <<'FILE'
# How the brochure looks
color.sea=deep blue
color.land=sand
pages=12
show.prices=true
FILE
