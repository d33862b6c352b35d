package dev.kasane.core.pickle.machine;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.pickle.values.PickledDict;
import dev.kasane.core.pickle.values.PickledList;
import dev.kasane.core.pickle.values.PickledSet;
import dev.kasane.core.pickle.values.PickledTuple;
import java.io.IOException;
import java.util.List;

/** Interprets one pickle. Whatever its instructions say, only values of this package can come out. */
public final class PickleMachine {
  private static final int LONGEST_NAME = 1024;
  private static final int HIGHEST_PROTOCOL = 5;

  private final PickleInput input;
  private final PersistentLoader loader;
  private final ScalarReader scalars;
  private final ObjectBuilder builder;
  private final PickleStack stack = new PickleStack();

  public PickleMachine(PickleInput input, PersistentLoader loader) {
    this.input = input;
    this.loader = loader;
    this.scalars = new ScalarReader(input);
    this.builder = new ObjectBuilder(input.budget());
  }

  /** Runs to the end of the pickle; its value is proved free of cycles and small when written out. */
  public Object run() throws IOException, MalformedPickle {
    for (int opcode = input.readByte(); opcode != Opcode.STOP; opcode = input.readByte()) {
      input.budget().chargeInstruction();
      Object scalar = scalars.read(opcode);
      if (scalar != ScalarReader.NOT_A_SCALAR) {
        stack.push(scalar);
      } else if (!runStackInstruction(opcode) && !pushContainer(opcode) && !fillContainer(opcode)
          && !runReference(opcode) && !runConstruction(opcode)) {
        throw new MalformedPickle(String.format("holds the instruction 0x%02x at byte %d, which no checkpoint"
            + " uses; the file is damaged or no pickle", opcode, input.position() - 1));
      }
    }
    Object result = stack.pop();
    GraphCheck.requireFiniteTree(result);
    return result;
  }

  private boolean runStackInstruction(int opcode) throws IOException, MalformedPickle {
    switch (opcode) {
      case Opcode.PROTO -> checkProtocol(input.readByte());
      case Opcode.FRAME -> checkFrame(input.readLong());
      case Opcode.MARK -> stack.mark();
      case Opcode.POP -> stack.popValueOrMark();
      case Opcode.POP_MARK -> stack.popToMark();
      case Opcode.DUP -> stack.push(stack.peek());
      case Opcode.MEMOIZE -> stack.memoize();
      case Opcode.PUT -> stack.putMemo(readIndex());
      case Opcode.BINPUT -> stack.putMemo(input.readUnsigned(1));
      case Opcode.LONG_BINPUT -> stack.putMemo(input.readUnsigned(4));
      case Opcode.GET -> stack.getMemo(readIndex());
      case Opcode.BINGET -> stack.getMemo(input.readUnsigned(1));
      case Opcode.LONG_BINGET -> stack.getMemo(input.readUnsigned(4));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean pushContainer(int opcode) throws MalformedPickle {
    switch (opcode) {
      case Opcode.EMPTY_DICT -> stack.push(new PickledDict());
      case Opcode.EMPTY_LIST -> stack.push(new PickledList());
      case Opcode.EMPTY_SET -> stack.push(new PickledSet());
      case Opcode.EMPTY_TUPLE -> stack.push(new PickledTuple());
      case Opcode.TUPLE1 -> stack.push(stack.popTuple(1));
      case Opcode.TUPLE2 -> stack.push(stack.popTuple(2));
      case Opcode.TUPLE3 -> stack.push(stack.popTuple(3));
      case Opcode.TUPLE -> stack.push(PickledTuple.of(stack.popToMark()));
      case Opcode.LIST -> stack.push(Containers.append(new PickledList(), stack.popToMark()));
      case Opcode.DICT -> stack.push(Containers.store(new PickledDict(), stack.popToMark()));
      case Opcode.FROZENSET -> stack.push(Containers.insert(new PickledSet(), stack.popToMark()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Members come off the stack first; what is then on top receives them and stays. */
  private boolean fillContainer(int opcode) throws MalformedPickle {
    switch (opcode) {
      case Opcode.APPEND -> fill(stack.popTuple(1), Containers::append);
      case Opcode.APPENDS -> fill(stack.popToMark(), Containers::append);
      case Opcode.SETITEM -> fill(stack.popTuple(2), Containers::store);
      case Opcode.SETITEMS -> fill(stack.popToMark(), Containers::store);
      case Opcode.ADDITEMS -> fill(stack.popToMark(), Containers::insert);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void fill(List<Object> members, Filling filling) throws MalformedPickle {
    filling.fill(stack.peek(), members);
  }

  private boolean runReference(int opcode) throws IOException, MalformedPickle {
    switch (opcode) {
      case Opcode.GLOBAL -> stack.push(readGlobal());
      case Opcode.STACK_GLOBAL -> {
        PickledTuple names = stack.popTuple(2);
        stack.push(KnownGlobals.find(ConstructorArguments.text(names, 0), ConstructorArguments.text(names, 1)));
      }
      case Opcode.BINPERSID -> stack.push(loader.load(stack.pop()));
      case Opcode.PERSID -> stack.push(loader.load(input.readLine(LONGEST_NAME)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean runConstruction(int opcode) throws IOException, MalformedPickle {
    switch (opcode) {
      case Opcode.REDUCE, Opcode.NEWOBJ -> construct(stack.popTuple(2));
      case Opcode.NEWOBJ_EX -> {
        PickledTuple call = stack.popTuple(3);
        ConstructorArguments.requireEmptyDict(call, 2);
        construct(call);
      }
      case Opcode.INST -> {
        OpaqueObject type = readGlobal();
        construct(new PickledTuple(type, PickledTuple.of(stack.popToMark())));
      }
      case Opcode.OBJ -> {
        PickledTuple call = PickledTuple.of(stack.popToMark());
        Object type = ConstructorArguments.get(call, 0);
        construct(new PickledTuple(type, PickledTuple.of(call.subList(1, call.size()))));
      }
      case Opcode.BUILD -> {
        Object state = stack.pop();
        builder.applyState(stack.peek(), state);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Pushes what a class or function, the first value of the call, makes of the arguments, the second. */
  private void construct(PickledTuple call) throws MalformedPickle {
    stack.push(builder.build(call.get(0), ConstructorArguments.tuple(call, 1)));
  }

  private OpaqueObject readGlobal() throws IOException, MalformedPickle {
    String module = input.readLine(LONGEST_NAME);
    return KnownGlobals.find(module, input.readLine(LONGEST_NAME));
  }

  private long readIndex() throws IOException, MalformedPickle {
    String line = input.readLine(LONGEST_NAME).strip();
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException malformed) {
      throw new MalformedPickle("numbers a value " + VisibleText.quote(line) + "; the file is damaged", malformed);
    }
  }

  private static void checkProtocol(int protocol) throws MalformedPickle {
    if (protocol > HIGHEST_PROTOCOL) {
      throw new MalformedPickle("is a pickle of protocol " + protocol + "; protocols up to "
          + HIGHEST_PROTOCOL
          + " are known");
    }
  }

  /** Frames are a hint for buffering; only their plausibility matters here. */
  private static void checkFrame(long length) throws MalformedPickle {
    if (length < 0) {
      throw new MalformedPickle("holds a frame of impossible length; the file is damaged");
    }
  }

  /** Puts members into a container, which must be of the right kind. */
  @FunctionalInterface
  private interface Filling {
    Object fill(Object container, List<Object> members) throws MalformedPickle;
  }
}
