package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;

/** What stands behind an interface that is bound to a script: looks the operator up and runs it. */
record BoundScript(TorchScript script, PtSymbolBlock block, Map<Method, Operator> operators)
    implements InvocationHandler {
  /**
   * An operator as a method calls it.
   *
   * @param name in the script
   * @param scoped whether the method's first argument is the owner of the result, not one of the script's
   * @param result how the result is handed over
   */
  record Operator(String name, boolean scoped, ScriptResult result) {}

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    Operator operator = operators.get(method);
    if (operator == null) {
      return other(proxy, method, arguments);
    }
    if (arguments == null) {
      return run(operator, null, new Object[0]);
    } else if (operator.scoped()) {
      return run(operator, (NDManager) arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
    }
    return run(operator, arguments[0] instanceof NDArray first ? first.getManager() : null, arguments);
  }

  private Object run(Operator operator, NDManager owner, Object[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = asScriptHasIt(arguments[i]);
    }
    return operator.result().run().of(block, operator.name(), owner, arguments);
  }

  private static Object asScriptHasIt(Object argument) {
    if (argument instanceof Shape shape) {
      return shape.getShape();
    } else if (argument instanceof DataType type) {
      return ElementType.of(type).scalarType();
    }
    return argument instanceof Enum<?> constant ? constant.name() : argument;
  }

  /** A method with a body, or one of those that every object has. */
  private Object other(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> script.toString();
    };
  }
}
