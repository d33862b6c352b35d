package dev.kasane.text.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.loader.ResourceNotFoundException;
import dev.kasane.core.UserException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model's chat template: Jinja text that turns a conversation into the text the model was tuned on.
 *
 * <p>Templates come with models from anywhere, so they run in a cell: no files, no other templates, no Java
 * methods ({@link PythonValues} has all that values can do), only what {@link TemplateLibrary} lists of the engine's
 * own, and bounds on nesting ({@link TemplateBounds}), loops, steps and time ({@link RenderBudget}), and output.
 */
public final class ChatTemplate {
  private static final int MOST_ITEMS = 100_000;
  private static final int MOST_DEPTH = 50;
  private static final Set<String> CHANGING = Set.of("set", "do");
  private static final Jinjava ENGINE = engine();

  private final String source;
  private final String origin;
  private final Optional<String> fault;

  /**
   * @param source the template's text
   * @param origin where it comes from, for messages
   */
  public ChatTemplate(String source, String origin) {
    this.source = TemplateSource.prepare(source);
    this.origin = origin;
    this.fault = TemplateBounds.fault(source);
  }

  private static Jinjava engine() {
    Jinjava engine = new Jinjava(JinjavaConfig.newBuilder()
        .withTrimBlocks(true).withLstripBlocks(true).withKeepTrailingNewline(true)
        .withNestedInterpretationEnabled(false)
        .withElResolver(new PythonValues())
        .withLegacyOverrides(LegacyOverrides.newBuilder()
            .withEvaluateMapKeys(true).withIterateOverMapKeys(true).withUsePyishObjectMapper(true)
            .withUseNaturalOperatorPrecedence(true).withParseWhitespaceControlStrictly(true)
            .withAllowAdjacentTextNodes(true).withUseTrimmingForNotesAndExpressions(true)
            .withKeepNullableLoopValues(true).withHandleBackslashInQuotesOnly(true).build())
        .withMaxOutputSize(TextLength.MOST).withMaxStringLength(TextLength.MOST)
        .withMaxListSize(MOST_ITEMS).withMaxMapSize(MOST_ITEMS).withRangeLimit(MOST_ITEMS)
        .withMaxRenderDepth(MOST_DEPTH).withEnableRecursiveMacroCalls(false).withMaxMacroRecursionDepth(MOST_DEPTH)
        .withNodePreProcessor((node, interpreter) ->
            RenderBudget.step(interpreter.getContext().getScope(), CHANGING.contains(node.getName())))
        .withDisabled(TemplateLibrary.disabled()).build());
    engine.setResourceLocator((name, charset, interpreter) -> {
      throw new ResourceNotFoundException("Chat templates cannot load '" + name + "'.");
    });
    TemplateLibrary.register(engine.getGlobalContext());
    return engine;
  }

  /**
   * The text of a conversation.
   *
   * @param messages the turns so far
   * @param addGenerationPrompt whether the text ends where the assistant is to go on
   * @param specialTokens texts of marks by the names that templates use, such as {@code bos_token}
   * @throws UserException when the template refuses the conversation or does not run
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, String> specialTokens) {
    Map<String, Object> values = new LinkedHashMap<>(specialTokens);
    values.put("messages", messages.stream().map(ChatTemplate::turn).toList());
    values.put("add_generation_prompt", addGenerationPrompt);
    values.put("tools", null);
    values.put("documents", null);
    RenderResult result = run(values);
    for (TemplateError error : result.getErrors()) {
      if (error.getSeverity() == TemplateError.ErrorType.FATAL) {
        Optional<String> refusal = TemplateFunctions.refusal(error.getException());
        throw refusal.isPresent() ? refusal(refusal.get(), error.getException())
            : failure(TemplateFault.of(error), error.getException());
      }
    }
    return result.getOutput();
  }

  private RenderResult run(Map<String, Object> values) {
    if (fault.isPresent()) {
      throw failure(fault.get(), null);
    }
    try (RenderBudget budget = RenderBudget.begin()) {
      return ENGINE.renderForResult(source, values);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // What the template made of the memory is let go with this, and nothing else was made meanwhile.
      throw failure(TemplateFault.of(e), e);
    }
  }

  private static Map<String, Object> turn(ChatMessage message) {
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("role", message.role());
    turn.put("content", message.content());
    return turn;
  }

  private UserException refusal(String reason, Throwable cause) {
    return new UserException("The chat template of " + origin + " refuses this conversation: " + reason
        + ". Change the conversation, or choose another template with --template.", cause);
  }

  private UserException failure(String reason, Throwable cause) {
    return new UserException("The chat template of " + origin + " does not run: " + reason
        + ". Correct it, or choose another template with --template.", cause);
  }
}
