package dev.kasane.text.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of the engine's own library chat templates may use: what Python's Jinja has too and templates have a use for.
 * All else is switched off, for some of it reads files, runs other templates or writes without bound.
 */
final class TemplateLibrary {
  private static final Set<String> TAGS = Set.of("for", "if", "elif", "else", "set", "macro", "call", "raw", "break",
      "continue", "block", "do");
  private static final Set<String> FILTERS = Set.of("abs", "attr", "bool", "capitalize", "count", "d", "default",
      "dictsort", "e", "escape", "first", "float", "groupby", "indent", "int", "join", "last", "length", "list",
      "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select",
      "selectattr", "sort", "split", "string", "sum", "title", "tojson", "trim", "unique", "upper", "urlencode");
  private static final Set<String> FUNCTIONS = Set.of(":range", ":namespace", ":super");
  /** Functions that the engine itself makes lists and dictionaries with. */
  private static final String OWN = "fn:";
  private static final String CLOSING = "end";

  private TemplateLibrary() {}

  /** The names that are switched off, by kind. */
  static Map<Library, Set<String>> disabled() {
    Context all = new Jinjava().getGlobalContext();
    return Map.of(Library.TAG, others(all.getAllTags(), TAGS), Library.FILTER, others(all.getAllFilters(), FILTERS),
        Library.FUNCTION, others(all.getAllFunctions(), FUNCTIONS));
  }

  private static Set<String> others(Collection<? extends Importable> all, Set<String> used) {
    return all.stream().map(Importable::getName)
        .filter(name -> !name.startsWith(OWN) && !used.contains(name) && !used.contains(opening(name)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String opening(String name) {
    return name.startsWith(CLOSING) ? name.substring(CLOSING.length()) : name;
  }

  /** Adds what Hugging Face has beside Jinja, and what is done here with a bound. */
  static void register(Context context) {
    context.registerFilter(new ToJsonFilter());
    context.registerFilter(BoundedFilter.replace(context.getFilter("replace")));
    context.registerFilter(BoundedFilter.indent(context.getFilter("indent")));
    context.registerFilter(BoundedFilter.round(context.getFilter("round")));
    context.registerTag(new BoundedForTag());
    context.registerFunction(new ELFunctionDefinition("", "raise_exception", TemplateFunctions.class,
        "raiseException", String.class));
    context.registerFunction(new ELFunctionDefinition("", "strftime_now", TemplateFunctions.class,
        "strftimeNow", String.class));
  }
}
