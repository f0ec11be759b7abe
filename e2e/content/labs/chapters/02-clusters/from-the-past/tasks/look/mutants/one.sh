# caught-by: looked
true
