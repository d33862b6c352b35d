package dev.kasane.core.family;

import dev.kasane.core.module.Module;
import java.util.Map;

/**
 * A base model as adapters see it.
 *
 * @param kind what kind of base it is, {@link BaseKind#UNKNOWN} where nothing tells
 * @param components the module trees that adapters can be attached to, by the community's component names; the first is
 *     the one that is meant where none is named
 */
public record BaseParts(BaseKind kind, Map<String, Module> components) {}
