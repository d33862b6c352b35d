package dev.kasane.core.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The head of a {@code def} in a script.
 *
 * @param name as the script has it
 * @param parameters without {@code self}
 * @param result the type after the arrow, such as {@code Tensor}
 */
record ScriptSignature(String name, List<Parameter> parameters, String result) {
  // A head ends with the first line that does not go on.
  private static final Pattern HEAD = Pattern.compile("(?ms)^def .*?(?::\\s*$|\\z)");
  private static final Pattern DEFINITION = Pattern.compile("def (\\w+)\\(self(?:, (.*))?\\) -> (.+):");
  // A comma between parameters, not one inside the brackets of a type.
  private static final Pattern COMMA = Pattern.compile(", (?![^\\[]*\\])");

  /** A parameter and its type, such as {@code List[Tensor]}. */
  record Parameter(String name, String type) {
    @Override
    public String toString() {
      return name + ": " + type;
    }
  }

  /**
   * Reads the definitions of a script.
   *
   * @param source {@code def}s at the left margin
   * @return by name, in the order of the script
   * @throws IllegalArgumentException for a head of another form and for a name that comes twice
   */
  static Map<String, ScriptSignature> all(String source) {
    Map<String, ScriptSignature> all = new LinkedHashMap<>();
    HEAD.matcher(source).results().forEach(head -> {
      ScriptSignature signature = of(head.group().strip().replaceAll("\\s+", " "));
      if (all.put(signature.name(), signature) != null) {
        throw new IllegalArgumentException("def " + signature.name() + " comes twice; rename one of the two");
      }
    });
    return all;
  }

  private static ScriptSignature of(String line) {
    Matcher head = DEFINITION.matcher(line);
    if (!head.matches()) {
      throw new IllegalArgumentException("\"" + line
          + "\" is not of the form \"def name(self, x: Tensor, …) -> Tensor:\"");
    }
    List<Parameter> parameters = new ArrayList<>();
    if (head.group(2) != null) {
      for (String parameter : COMMA.split(head.group(2))) {
        String[] parts = parameter.split(": ", 2);
        // TorchScript takes a parameter without a type for a tensor.
        parameters.add(new Parameter(parts[0], parts.length == 2 ? parts[1] : "Tensor"));
      }
    }
    return new ScriptSignature(head.group(1), List.copyOf(parameters), head.group(3));
  }

  /** Whether the operator changes its first tensor, which libtorch marks by an underscore at the end. */
  boolean inPlace() {
    return name.endsWith("_");
  }

  /** Whether only the script itself may call it, which an underscore at the start says. */
  boolean isPrivate() {
    return name.startsWith("_");
  }

  @Override
  public String toString() {
    return parameters.stream().map(Parameter::toString)
        .collect(Collectors.joining(", ", "def " + name + "(", ") -> " + result));
  }
}
