package dev.kasane.text.model;

import dev.kasane.core.module.Module;
import java.util.LinkedHashMap;
import java.util.Map;

/** A module whose children are placed by dotted paths, with the modules between made on the way. */
abstract class ModuleTree extends Module {
  private final Map<String, Branch> branches = new LinkedHashMap<>();

  /** Places a module under a path such as {@code self_attn.q_proj} and returns it. */
  protected final <M extends Module> M place(String path, M module) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return child(path, module);
    }
    Branch branch = branches.computeIfAbsent(path.substring(0, dot), name -> child(name, new Branch()));
    ModuleTree tree = branch;
    return tree.place(path.substring(dot + 1), module);
  }

  private static final class Branch extends ModuleTree {}
}
