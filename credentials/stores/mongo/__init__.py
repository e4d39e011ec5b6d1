"""The credential module's records in the LRS's MongoDB database, through the LRS's own connection.

docs/adr/0071-mongodb-records.md says why no interleaving shows half a commit.
"""

from credentials.stores.mongo.records import MongoRecords, migrate_records, open_mongo_records

__all__ = ["MongoRecords", "migrate_records", "open_mongo_records"]
