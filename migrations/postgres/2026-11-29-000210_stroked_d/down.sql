-- What was made anew is right for the program of before, too: it finds these names under đ.
SELECT 1;
