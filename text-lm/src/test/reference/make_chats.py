"""Writes chat templates in the style of well-known models and what transformers renders from them.

Run: python make_chats.py ../resources/dev/kasane/text/chat ../resources/dev/kasane/text/tokenizer/byte-level
The templates are our own texts. Needs: transformers, jinja2.
"""
import json
import sys
from pathlib import Path

from transformers import AutoTokenizer

TEMPLATES = {
    "chatml": """{%- if messages[0].role != 'system' %}
    {{- '<|im_start|>system\\nYou are of help.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}""",
    "llama2": """{% if messages[0]['role'] == 'system' %}{% set system_message = messages[0]['content'] %}"""
    """{% set loop_messages = messages[1:] %}{% else %}{% set loop_messages = messages %}"""
    """{% set system_message = false %}{% endif %}{% for message in loop_messages %}"""
    """{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"""
    """{{ raise_exception('Roles must take turns: user, assistant, user, ...') }}{% endif %}"""
    """{% if loop.index0 == 0 and system_message != false %}"""
    """{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"""
    """{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}"""
    """{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}"""
    """{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}""",
    "llama3": """{{- bos_token }}
{%- if date_string is not defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = "a day" %}
    {%- endif %}
{%- endif %}
{%- if tools is not none and tools is defined %}
    {{- "Tools: " }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
    {%- endfor %}
{%- endif %}
{%- set ns = namespace(count=0, last='') %}
{%- for message in messages %}
    {%- set ns.count = ns.count + 1 %}
    {%- set ns.last = message.role %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if ns.count > 3 %}
    {{- '<!-- ' ~ ns.count ~ ' ' ~ ns.last ~ ' -->' }}
{%- endif %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "mistral": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"] + eos_token }}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported!") }}
    {%- endif %}
{%- endfor %}""",
    "gemma": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}"""
    """{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}"""
    """{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}"""
    """{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}"""
    """{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}""",
    "blocks": """{# lines of their own, as trim_blocks and lstrip_blocks have them #}
{% for message in messages %}
  {% if message.content is string and not message.content.startswith('skip') %}
{{ loop.index }}/{{ loop.length }} {{ message.role | upper }}: {{ message.content.split(' ')[-1] }}
  {% else %}
(skipped {{ message.role.title() }})
  {% endif %}
{% endfor %}
{% macro wrap(text, mark='*') %}{{ mark }}{{ text }}{{ mark }}{% endmacro %}
{{ wrap(messages[-1].content, mark='#') }} {{ messages | length }} {{ 'x' if add_generation_prompt else 'y' }}
{% for key, value in messages[0].items() %}{{ key }}={{ value | tojson }};{% endfor %}
{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join('|') }}
""",
}

CONVERSATIONS = {
    "turns": [{"role": "user", "content": " What is a lamp? "}, {"role": "assistant", "content": "It shines."},
              {"role": "user", "content": "Größe <b> & 'quotes' \"double\" 重ね 🙂?"}],
    "system": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi there\n\nyou"},
               {"role": "assistant", "content": "Hello\tyou"}, {"role": "user", "content": "skip {{ this }} {% x %}"}],
    "disorder": [{"role": "assistant", "content": "I begin."}, {"role": "tool", "content": "odd"}],
}


def main():
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[2])
    tokenizer.bos_token, tokenizer.eos_token = "<s>", "</s>"
    rows = []
    for name, template in TEMPLATES.items():
        for conversation, messages in CONVERSATIONS.items():
            for prompt in (False, True):
                row = {"template": name, "messages": messages, "prompt": prompt}
                try:
                    row["text"] = tokenizer.apply_chat_template(
                        messages, chat_template=template, tokenize=False, add_generation_prompt=prompt)
                except Exception as error:  # the template's own refusal is what is recorded
                    row["refused"] = str(error)
                rows.append(row)
    (target / "chats.json").write_text(json.dumps({"templates": TEMPLATES, "rows": rows}, indent=1))


main()
