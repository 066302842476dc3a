import ArgumentParser
import Yams
import Logging
print("hi")
