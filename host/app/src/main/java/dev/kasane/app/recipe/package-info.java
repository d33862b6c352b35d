/**
 * Recipes: a command's options in a YAML file.
 *
 * <p>A key is a long option without its dashes ({@code learning-rate}), a value is what one would write on
 * the command line; an option that may be repeated takes a list, one of the form {@code NAME=VALUE} takes a
 * mapping. So one mechanism serves every command that mixes in {@link dev.kasane.app.recipe.RecipeOptions},
 * and what {@code --help} says about an option is also what it means in a recipe.
 *
 * <p>{@link dev.kasane.app.recipe.RecipeExpansion} turns the entries into arguments of the command, leaving
 * out every option that the user gave himself, and keeps the line of each so that an error can point at it.
 *
 * <p>Recipes are passed around, so one from a stranger must do no harm: it sets only options that are marked with
 * {@link dev.kasane.app.recipe.RecipeKey}, none of which loads code, names a place to write to or replaces anything.
 * Saving a recipe writes the others down as comments. The reader takes neither tags nor aliases and bounds the size
 * of the file.
 */
package dev.kasane.app.recipe;
