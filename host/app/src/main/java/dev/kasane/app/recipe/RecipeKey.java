package dev.kasane.app.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An option that a recipe may set. Recipes are passed around, so an option that is not marked is one that recipes
 * cannot set: whoever adds an option decides.
 *
 * <p>Mark what describes the work and what it begins with: methods, numbers, prompts, and inputs such as data, a base
 * or adapters, which are read strictly and run nothing. Do not mark what loads code, says where something is written,
 * replaces or deletes; these are the user's to say, on the command line.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface RecipeKey {}
