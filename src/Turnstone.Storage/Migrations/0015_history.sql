-- Which history of the store the numbers of changes belong to: of two primaries each has its own.
{history}
