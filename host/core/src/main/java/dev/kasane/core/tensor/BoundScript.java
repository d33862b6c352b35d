package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

/**
 * What an interface bound to a script runs: looks up the operator of a method and calls it.
 *
 * @param resource the script's name
 * @param owner of the block; without this reference the collector would free it under us
 * @param block the loaded script
 * @param operators of each method that has no body
 */
record BoundScript(String resource, NDManager owner, PtSymbolBlock block, Map<Method, Operator> operators)
    implements InvocationHandler {
  /**
   * An operator as a method calls it.
   *
   * @param name in the script
   * @param scoped whether the method's first argument is the owner of the result, not one of the script's
   * @param values the script's arguments
   * @param result how the result is handed over
   */
  record Operator(String name, boolean scoped, List<ScriptValue> values, ScriptResult result) {}

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    Operator operator = operators.get(method);
    if (operator == null) {
      return other(proxy, method, arguments);
    }
    OperatorThreads.adapt();
    Object[] values = new Object[operator.values().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = operator.values().get(i).read().apply(arguments);
    }
    return operator.result().run().of(block, operator.name(), owner(operator, arguments, values), values);
  }

  private static NDManager owner(Operator operator, Object[] arguments, Object[] values) {
    if (operator.scoped()) {
      return (NDManager) arguments[0];
    }
    return values.length > 0 && values[0] instanceof NDArray first ? first.getManager() : null;
  }

  /** A method with a body, or one of those that every object has. */
  private Object other(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "TorchScript " + resource;
    };
  }
}
