def build(on, tell, kept):
    raise NotImplementedError
