package dev.kasane.core.pickle.machine;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.Kinds;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.pickle.values.PickleBudget;
import dev.kasane.core.pickle.values.PickledDict;
import dev.kasane.core.pickle.values.PickledSet;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.pickle.values.PickledTuple;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Does what the few known constructors would do in Python. No class or method is looked up by name. */
final class ObjectBuilder {
  private static final Map<String, Constructor> CONSTRUCTORS = Map.ofEntries(
      Map.entry("builtins.dict", ObjectBuilder::buildDict),
      Map.entry("builtins.set", ObjectBuilder::buildSet),
      Map.entry("builtins.frozenset", ObjectBuilder::buildSet),
      Map.entry("collections.OrderedDict", ObjectBuilder::buildDict),
      Map.entry("collections.defaultdict", (arguments, budget) -> new PickledDict()),
      Map.entry("_codecs.encode", ObjectBuilder::encodeLatin1),
      Map.entry("copyreg._reconstructor", ObjectBuilder::reconstruct),
      Map.entry("torch.Size", (arguments, budget) -> ConstructorArguments.tuple(arguments, 0)),
      Map.entry("torch.nn.modules.container.ParameterDict", (arguments, budget) -> new PickledDict()),
      Map.entry("torch._utils._rebuild_tensor", TensorBuilder::buildTyped),
      Map.entry("torch._utils._rebuild_tensor_v2", TensorBuilder::buildTyped),
      Map.entry("torch._utils._rebuild_tensor_v3", TensorBuilder::buildUntyped),
      Map.entry("torch._utils._rebuild_parameter", TensorBuilder::unwrapParameter),
      Map.entry("torch._utils._rebuild_parameter_with_state", TensorBuilder::unwrapParameter),
      Map.entry("torch._tensor._rebuild_from_type_v2", ObjectBuilder::rebuildFromType),
      Map.entry("numpy.dtype", NumpyValues::buildDtype),
      Map.entry("numpy.core.multiarray.scalar", NumpyValues::buildScalar),
      Map.entry("numpy.core.multiarray._reconstruct",
          (arguments, budget) -> ConstructorArguments.global(arguments, 0)));

  private final PickleBudget budget;

  ObjectBuilder(PickleBudget budget) {
    this.budget = budget;
  }

  static boolean canBuild(OpaqueObject global) {
    return CONSTRUCTORS.containsKey(global.qualifiedName());
  }

  /** The value that {@code callable} gives for these arguments; an inert class gives its own name. */
  Object build(Object callable, PickledTuple arguments) throws MalformedPickle {
    return build(callable, arguments, budget);
  }

  private static Object build(Object callable, PickledTuple arguments, PickleBudget budget)
      throws MalformedPickle {
    if (!(callable instanceof OpaqueObject global)) {
      throw new MalformedPickle("calls " + Kinds.of(callable)
          + " like a function; the file is damaged or"
          + " hostile, and nothing was run");
    }
    Constructor constructor = CONSTRUCTORS.get(global.qualifiedName());
    return constructor == null ? global : constructor.build(arguments, budget);
  }

  /** Gives an object its saved attributes. Only those that bear on tensors are kept. */
  void applyState(Object target, Object state) throws MalformedPickle {
    if (target instanceof PickledDict dict) {
      // Older ParameterDicts keep their tensors in an attribute; other attributes of dicts are remarks.
      if (state instanceof PickledDict attributes
          && attributes.get("_parameters") instanceof PickledDict held) {
        copyInto(dict, held, budget);
      }
    } else if (target instanceof OpaqueObject opaque) {
      NumpyValues.refuseBigEndian(opaque, state);
    } else if (!(target instanceof PickledTensor)) {
      throw new MalformedPickle("sets attributes of " + Kinds.of(target) + "; the file is damaged");
    }
  }

  private static Object buildDict(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    PickledDict dict = new PickledDict();
    if (arguments.isEmpty()) {
      return dict;
    }
    if (arguments.get(0) instanceof PickledDict other) {
      copyInto(dict, other, budget);
      return dict;
    }
    List<?> pairs = ConstructorArguments.typed(arguments, 0, List.class, "a list of pairs");
    budget.chargeBytes(64L * pairs.size());
    for (Object pair : pairs) {
      if (!(pair instanceof List<?> two) || two.size() != 2) {
        throw new MalformedPickle("makes a dict of " + Kinds.of(pair) + ", where pairs are expected");
      }
      dict.store(two.get(0), two.get(1));
    }
    return dict;
  }

  private static void copyInto(PickledDict target, PickledDict source, PickleBudget budget)
      throws MalformedPickle {
    budget.chargeBytes(64L * source.size());
    for (Map.Entry<Object, Object> entry : List.copyOf(source.entrySet())) {
      target.store(entry.getKey(), entry.getValue());
    }
  }

  private static Object buildSet(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    PickledSet set = new PickledSet();
    if (!arguments.isEmpty()) {
      List<?> members = ConstructorArguments.typed(arguments, 0, List.class, "a list");
      budget.chargeBytes(64L * members.size());
      for (Object member : members) {
        set.insert(member);
      }
    }
    return set;
  }

  /** How protocols below 3 write a byte string: as text whose characters are the bytes. */
  private static Object encodeLatin1(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    String text = ConstructorArguments.text(arguments, 0);
    String encoding = ConstructorArguments.text(arguments, 1);
    if (!encoding.equals("latin1") || !StandardCharsets.ISO_8859_1.newEncoder().canEncode(text)) {
      throw new MalformedPickle("encodes text as " + VisibleText.shortened(encoding)
          + ", where bytes as latin1 are expected");
    }
    budget.chargeBytes(text.length());
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** How protocols below 2 make an instance of a class: class, base class, state of the base. */
  private static Object reconstruct(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    return build(ConstructorArguments.global(arguments, 0), new PickledTuple(), budget);
  }

  /** A tensor with attributes of its own: builder, class, the builder's arguments, attributes. */
  private static Object rebuildFromType(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    OpaqueObject function = ConstructorArguments.global(arguments, 0);
    if (!function.module().equals("torch._utils")) {
      throw new MalformedPickle("rebuilds a tensor by " + VisibleText.shortened(function.qualifiedName())
          + ", which Kasane does not know");
    }
    return build(function, ConstructorArguments.tuple(arguments, 2), budget);
  }

  /** What one Python callable makes of its arguments. */
  @FunctionalInterface
  interface Constructor {
    Object build(List<Object> arguments, PickleBudget budget) throws MalformedPickle;
  }
}
