package dev.kasane.app.recipe;

import java.util.List;

/**
 * One key of a recipe.
 *
 * @param key the option's long name without dashes
 * @param line where it stands, from 1
 * @param values what it says: one value, or one for each element of a list or {@code NAME=VALUE} of a mapping
 */
record RecipeEntry(String key, int line, List<String> values) {}
