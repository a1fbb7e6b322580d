"""Words that carry no question: not required by a question, yet kept in texts and in phrases."""

_WORDS = """
a aby albo ale ani bez bo by być była było były był co czy dla do gdy gdzie i ich im innych inne inny iż ja jak jako je
jego jej jest jestem jeśli już kiedy która które którego której którzy który lub ma mają może można mu na nad nie niż
o od oraz pod po przed przez przy są się tak także tam te tego tej ten to tu tym w we więc wraz z za ze że
i в во з зі із на до від для по про та й і у або чи не що як це є за при над під
и с со о об от из к ко а но или не что как это по у же бы ли
the of and or in on at to for by with from a an is are be was were as it its that this
"""
STOP_WORDS: frozenset[str] = frozenset(_WORDS.split())
