# caught-by: looked
false
