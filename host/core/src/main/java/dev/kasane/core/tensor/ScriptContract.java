package dev.kasane.core.tensor;

import ai.djl.ndarray.NDManager;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Holds an interface against the script that it stands for; {@link TorchScript#bind} has the rules. */
final class ScriptContract {
  private final Map<String, ScriptSignature> definitions;
  private final Map<Method, BoundScript.Operator> bound = new HashMap<>();
  private final List<String> faults = new ArrayList<>();

  private ScriptContract(Map<String, ScriptSignature> definitions) {
    this.definitions = definitions;
  }

  /**
   * Finds the operator of every method that has no body.
   *
   * @param operators the interface
   * @param resource the script's name, for errors
   * @param source the script
   * @throws IllegalArgumentException naming every method and every operator that do not agree
   */
  static Map<Method, BoundScript.Operator> match(Class<?> operators, String resource, String source) {
    try {
      ScriptContract contract = new ScriptContract(ScriptSignature.all(source));
      contract.match(operators);
      if (!contract.faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", contract.faults));
      }
      return contract.bound;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Script " + resource + " and interface " + operators.getName() + " disagree: " + e.getMessage(), e);
    }
  }

  private void match(Class<?> operators) {
    Set<ScriptSignature> unused = new HashSet<>(definitions.values());
    unused.removeIf(ScriptSignature::isPrivate);
    for (Method method : operators.getMethods()) {
      if (Modifier.isAbstract(method.getModifiers())) {
        String name = ScriptValue.scriptName(method.getName());
        ScriptSignature signature = definitions.getOrDefault(name, definitions.get(name + "_"));
        if (signature == null) {
          faults.add("the script has no def " + name + " for the method " + method.getName());
        } else {
          // Found already: an overload of the same method.
          if (!unused.remove(signature)) {
            faults.add(signature + " is wanted by more than one method; give each operator one name");
          }
          match(method, signature);
        }
      }
    }
    unused.forEach(signature -> faults.add("no method stands for " + signature
        + "; add one, or begin its name with an underscore if only the script calls it"));
    Collections.sort(faults);
  }

  private void match(Method method, ScriptSignature signature) {
    Type[] types = method.getGenericParameterTypes();
    boolean scoped = types.length > 0 && types[0] == NDManager.class;
    List<ScriptValue> values = IntStream.range(scoped ? 1 : 0, types.length).boxed()
        .flatMap(index -> ScriptValue.ofArgument(types[index], index)).toList();
    if (!ScriptValue.fit(values, signature.parameters())) {
      faults.add("the method " + method.getName() + " gives " + values + " where the script expects " + signature);
      return;
    }
    boolean first = !values.isEmpty() && values.get(0).type().equals("Tensor");
    Optional<ScriptResult> result = ScriptResult.of(method.getReturnType(), signature);
    if (result.isEmpty()) {
      faults.add("the method " + method.getName() + " returns " + method.getReturnType().getSimpleName()
          + ", which does not go with " + signature);
    } else if (result.get().ownsTensors() && !scoped && !first) {
      faults.add("nobody owns the result of the method " + method.getName()
          + "; let its first parameter be an NDManager or an NDArray");
    } else {
      bound.put(method, new BoundScript.Operator(signature.name(), scoped, values, result.get()));
    }
  }
}
