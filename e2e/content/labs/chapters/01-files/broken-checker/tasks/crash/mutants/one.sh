# caught-by: anything
true
