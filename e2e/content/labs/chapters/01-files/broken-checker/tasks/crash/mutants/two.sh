# caught-by: anything
false
