package dev.kasane.app.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Habits that the product is to lose, with the classes that still have them. A list may only shrink: a class that is
 * mended has to leave it, and none may join.
 */
enum Frozen {
  /**
   * Options and commands are named by the command line; what is below names the thing and what is allowed. NVRTC's,
   * Java's and pip's own options are theirs.
   */
  WORDS(type -> !Rules.isIn(type, "dev.kasane.app.cli") && !Set.of("Nvrtc", "VectorApi", "Python").contains(type.getSimpleName())
      && has(type, "(?<![\\w-])--(?=[a-z\1])|\\bkasane [a-z]"), """
      diffusion.base.ImageTrainingFacts
      """),
  /** Element types are values of one type; their names belong to those who read and write them. */
  TYPE_NAMES(type -> !Set.of("DType", "ElementType", "TorchTypes").contains(type.getSimpleName())
      && !Rules.isIn(type, "dev.kasane.testkit") && has(type,
          "^(?:F64|F32|F16|BF16|I8|U8|I16|I32|I64|float64|float32|float16|bfloat16|fp16|fp32|bf16)$"), """
      """),
  /** Memory is let go of by those who own it, not by a wish to the whole process. */
  GARBAGE(type -> type.getMethodCallsFromSelf().stream().anyMatch(call -> call.getName().equals("gc")
      && Set.of("java.lang.System", "java.lang.Runtime").contains(call.getTargetOwner().getName())), """
      """);

  private static final String ALL = "dev.kasane.";

  private final Predicate<JavaClass> habit;
  private final Set<String> known;

  /**
   * @param habit whether a class has it
   * @param known the top-level classes that may have it still, a line each
   */
  Frozen(Predicate<JavaClass> habit, String known) {
    this.habit = habit;
    this.known = known.lines().map(line -> ALL + line.strip()).collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean has(JavaClass type, String pattern) {
    Pattern found = Pattern.compile(pattern);
    return ClassStrings.of(type).stream().anyMatch(text -> found.matcher(text).find());
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  /** The top-level classes that may have the habit still. */
  Set<String> known() {
    return known;
  }

  /** The top-level classes that have it. */
  Set<String> found(Iterable<JavaClass> classes) {
    return StreamSupport.stream(classes.spliterator(), false).filter(habit).map(Frozen::topLevel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a class has the habit and may not. */
  boolean isNew(JavaClass type) {
    return !known.contains(topLevel(type)) && habit.test(type);
  }
}
