# An answer file with a line too many.
# caught-by: errors-saved, restarted-named
cd /home/candidate/answers/radio
{ echo "Errors of decoder:"; kubectl -n radio logs receiver -c decoder | grep ERROR; } > errors.txt
printf 'NAME EXIT\nbuoy-3 42\n' > restarted.txt
